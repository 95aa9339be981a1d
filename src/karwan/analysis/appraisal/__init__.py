"""Does a railway pay, who gains, and what energy links deliver."""
