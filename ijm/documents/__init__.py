"""Papers that leave the house: letters, sheets, their numbers and their marks."""
