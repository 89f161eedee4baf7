"""What platforms share. Imports listener.model and listener.errors and never a platform; docs/platforms.md lists it."""
