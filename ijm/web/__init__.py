"""The shell of every page: doors, templates, components, forms, styles."""
