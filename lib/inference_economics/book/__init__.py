"""From notebooks to a website."""
