"""The kit: what platforms share."""
