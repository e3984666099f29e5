"""What a person does with her long work."""
