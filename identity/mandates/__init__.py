"""Acting for others: granting and taking back, choosing for whom to act, and who may."""
