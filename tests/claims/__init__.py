"""Claims and questions of the fact sheet, sentence by sentence."""
