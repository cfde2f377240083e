"""The words of a report in the languages of Taskly."""

from typing import Literal

Language = Literal["en", "zh-CN"]

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "assignees": "Assignees",
        "cards": "Cards",
        "card": "Card",
        "done": "Done",
        "due": "Due",
        "labels": "Labels",
        "list": "List",
        "made": "As of {moment} ({zone})",
        "member": "Member",
        "members": "Members",
        "none": "No cards",
        "open": "Open",
        "overdue": "Overdue",
        "priority": "Priority",
        "role": "Role",
        "steps": "Steps",
        "summary": "Summary",
        "title": "Title",
        "priority_none": "",
        "priority_low": "Low",
        "priority_medium": "Medium",
        "priority_high": "High",
        "priority_urgent": "Urgent",
        "role_owner": "Owner",
        "role_admin": "Admin",
        "role_editor": "Editor",
        "role_viewer": "Viewer",
    },
    "zh-CN": {
        "assignees": "负责人",
        "cards": "卡片",
        "card": "卡片",
        "done": "已完成",
        "due": "截止时间",
        "labels": "标签",
        "list": "列表",
        "made": "截至 {moment}（{zone}）",  # noqa: RUF001 (as Chinese writes them)
        "member": "成员",
        "members": "成员",
        "none": "没有卡片",
        "open": "未完成",
        "overdue": "已逾期",
        "priority": "优先级",
        "role": "角色",
        "steps": "步骤",
        "summary": "概要",
        "title": "标题",
        "priority_none": "",
        "priority_low": "低",
        "priority_medium": "中",
        "priority_high": "高",
        "priority_urgent": "紧急",
        "role_owner": "所有者",
        "role_admin": "管理员",
        "role_editor": "编辑者",
        "role_viewer": "查看者",
    },
}

CARD_COLUMNS = ("card", "title", "assignees", "due", "priority", "labels", "steps")
COUNTS = ("cards", "open", "overdue", "done")
MEMBER_COLUMNS = ("member", "role", "open", "overdue")
