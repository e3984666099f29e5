"""The search in the database: what it compares and tells, and what makes its index anew."""

from pathlib import Path

SEARCH = Path(__file__).with_name("search.sql").read_text()
INDEXING = """
-- the index of the search: made anew by the login that moves sealed values, which nobody's pages use
GRANT SELECT (person_id) ON people_name TO ijm_rotor; GRANT SELECT (person_id, kind) ON people_identifier TO ijm_rotor;
GRANT SELECT, INSERT ON people_epoch, people_segment TO ijm_rotor; GRANT INSERT ON people_mark TO ijm_rotor;
GRANT UPDATE (state) ON people_epoch TO ijm_rotor; GRANT UPDATE ON people_segment TO ijm_rotor;
CREATE POLICY guard_rotor ON people_epoch TO ijm_rotor USING (true) WITH CHECK (true);
CREATE POLICY guard_rotor ON people_segment TO ijm_rotor USING (true) WITH CHECK (true);
CREATE POLICY guard_rotor ON people_mark FOR INSERT TO ijm_rotor WITH CHECK (true);
GRANT DELETE ON people_epoch, people_segment, people_mark TO ijm_keeper;
"""
