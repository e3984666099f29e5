"""The room of budgets."""

from django.apps import AppConfig


class BudgetsConfig(AppConfig):
    """Budgets, stops and halts."""

    name = "ijm.budgets"
    label = "budgets"
