"""Public services, life events and agencies, named as in CPSV-AP, and the search over them."""
