"""What is done here: somebody is stopped, everything is stopped, a decoy is made."""
