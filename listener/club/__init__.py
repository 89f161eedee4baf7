"""The club: who the people are that write to us, and what members earn. Pure: figures and time are arguments."""
