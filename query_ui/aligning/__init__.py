"""Aligning lines of text with concepts: what is asked, what is proposed, what reviewers say, what is taken along."""
