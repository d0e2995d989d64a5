"""Services as flow charts: pictures and texts for people, BPMN 2.0 for other tools (docs/bpmn.md)."""
