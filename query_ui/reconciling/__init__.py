"""The Reconciliation Service API 0.2 (W3C Entity Reconciliation Community Group, 10 April 2023) over the concepts of a release."""
