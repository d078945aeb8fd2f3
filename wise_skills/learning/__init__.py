"""Modules of learning with their outcomes, and how they are exchanged with other systems."""

from wise_skills.learning.completing import FIELDS, complete
from wise_skills.learning.model import LinkedSkill, Module, Outcome, Provider, linked, outcomes_of

__all__ = ["FIELDS", "LinkedSkill", "Module", "Outcome", "Provider", "complete", "linked", "outcomes_of"]
