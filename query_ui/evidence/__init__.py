"""What stands behind a figure: claims, lists of claims, where sources differ, what a source backs."""
