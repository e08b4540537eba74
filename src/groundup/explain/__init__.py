"""Which parts of an input speak for what a model says, how far that is to be believed, and how it is shown."""
