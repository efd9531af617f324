"""The page about entities says what the declarations say."""

import re

from data.entities import ENTITIES
from data.entities.documentation import PAGE, page


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m data.entities.documentation writes it anew."


def test_every_entity_has_a_section_with_all_its_columns():
    sections = page().split("\n## ")[1:]
    assert [section.partition("\n")[0] for section in sections] == [entity.label for entity in ENTITIES.values()]
    for section, entity in zip(sections, ENTITIES.values(), strict=True):
        assert re.findall(r"^\| ([^|]+) \| ", section, re.MULTILINE)[1:] == [field.label for field in entity.fields]


def test_every_link_leads_to_a_section():
    anchors = {
        re.sub(r"[^a-z ]", "", title.lower()).replace(" ", "-") for title in re.findall("^## (.*)$", page(), re.M)
    }
    assert set(re.findall(r"\]\(#([^)]*)\)", page())) <= anchors
