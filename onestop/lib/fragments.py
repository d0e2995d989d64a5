"""Answering htmx with one block of a page's template: the same view, the same address, less HTML."""

from collections.abc import Mapping
from typing import Any

import jinja2_fragments
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.template.backends.utils import csrf_input_lazy, csrf_token_lazy


def render_block(
    request: HttpRequest, template: str, block: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Render ``block`` of ``template`` with the context every page has."""
    engine: Any = engines["jinja2"]
    full: dict[str, Any] = dict(context)
    full |= {
        "request": request,
        "csrf_input": csrf_input_lazy(request),
        "csrf_token": csrf_token_lazy(request),
    }
    for processor in engine.template_context_processors:
        full |= processor(request)
    return HttpResponse(jinja2_fragments.render_block(engine.env, template, block, full), status=status)


def render_page_or_block(
    request: HttpRequest, template: str, block: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Render the block when htmx asks, the whole page for everyone else."""
    if getattr(request, "htmx", False):
        return render_block(request, template, block, context, status)
    return render(request, template, dict(context), status=status)
