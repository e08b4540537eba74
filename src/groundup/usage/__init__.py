"""How groundup is used from a shell: help and completion, both made from the settings of the commands."""
