"""Matching labels and sentences to concepts of ESCO and of national classifications, offline."""

from wise_skills.alignment.matcher import Matcher
from wise_skills.alignment.model import KINDS, Candidate, Concept, Kind, Label, Query, Reason

__all__ = ["KINDS", "Candidate", "Concept", "Kind", "Label", "Matcher", "Query", "Reason"]
