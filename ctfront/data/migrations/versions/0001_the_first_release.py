"""The first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()
FOLDED = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
DIGITS = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "audit_detail",
        sa.Column("clinic_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("seq", WHOLE, autoincrement=False, nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "seq", name=op.f("pk_audit_detail")),
    )
    op.create_table(
        "clinic",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("date_order", sa.String(length=3), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("slot_minutes", WHOLE, nullable=False),
        sa.Column("correction_days", WHOLE, nullable=False),
        sa.Column("retention_years", WHOLE, nullable=False),
        sa.Column("identity", sa.String(length=20), nullable=False),
        sa.Column("holidays", sa.String(length=20), nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic")),
    )
    op.create_table(
        "online_account",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("login_address", sa.String(length=320), nullable=False),
        sa.Column("folded_address", sa.String(length=320), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("locked_at", INSTANT, nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_account")),
        sa.UniqueConstraint("folded_address", name=op.f("uq_online_account_folded_address")),
    )
    op.create_table(
        "act",
        sa.Column("op_id", sa.String(length=36), nullable=False),
        sa.Column("serial", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject_id", WHOLE, nullable=True),
        sa.Column("sentence", sa.String(length=400), nullable=False),
        sa.Column("undo", sa.Text(), nullable=True),
        sa.Column("undone_by", sa.String(length=36), nullable=True),
        sa.Column("by_kind", sa.String(length=12), nullable=False),
        sa.Column("by_id", WHOLE, nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_act_clinic_id")),
        sa.PrimaryKeyConstraint("op_id", name=op.f("pk_act")),
    )
    with op.batch_alter_table("act", schema=None) as batch_op:
        batch_op.create_index("ix_act_undo", ["by_id", "undone_by", "serial"], unique=False)
        batch_op.create_index("ix_act_serial", ["clinic_id", "serial"], unique=False)

    op.create_table(
        "audit",
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("seq", WHOLE, autoincrement=False, nullable=False),
        sa.Column("os_user", sa.String(length=64), nullable=False),
        sa.Column("session", sa.String(length=36), nullable=False),
        sa.Column("origin", sa.String(length=100), nullable=False),
        sa.Column("op_id", sa.String(length=36), nullable=False),
        sa.Column("act", sa.String(length=30), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", WHOLE, nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("by_kind", sa.String(length=12), nullable=False),
        sa.Column("by_id", WHOLE, nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_audit_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "seq", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_subject", ["clinic_id", "subject_kind", "subject_id"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("seq", WHOLE, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_audit_head_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "change_log",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject_id", WHOLE, nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("op_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_change_log_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_log")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("change_log", schema=None) as batch_op:
        batch_op.create_index("ix_change_log_clinic", ["clinic_id", "id"], unique=False)

    op.create_table(
        "counter",
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("last", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_counter_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "name", name=op.f("pk_counter")),
    )
    op.create_table(
        "provider",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("governor", WHOLE, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.CheckConstraint("governor BETWEEN 1 AND 20", name=op.f("ck_provider_governor")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_provider_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sa.UniqueConstraint("clinic_id", "name", name=op.f("uq_provider_clinic_id_name")),
    )
    op.create_table(
        "site",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_site_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_table(
        "staff",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=40), nullable=False),
        sa.Column("os_user", sa.String(length=64), nullable=True),
        sa.Column("rights", sa.String(length=400), nullable=False),
        sa.Column("pin_hash", sa.String(length=200), nullable=True),
        sa.Column("pin_tries", WHOLE, nullable=False),
        sa.Column("pin_tried_at", INSTANT, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("last_seen_change", WHOLE, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=True),
        sa.Column("version", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_staff_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("clinic_id", "os_user", name=op.f("uq_staff_clinic_id_os_user")),
        sa.UniqueConstraint("clinic_id", "short_name", name=op.f("uq_staff_clinic_id_short_name")),
    )
    op.create_table(
        "visit_purpose",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("minutes", WHOLE, nullable=False),
        sa.Column("letter", sa.String(length=3), nullable=False),
        sa.Column("color", sa.String(length=20), nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.CheckConstraint("minutes BETWEEN 5 AND 720", name=op.f("ck_visit_purpose_minutes")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_visit_purpose_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_purpose")),
        sa.UniqueConstraint("clinic_id", "name", name=op.f("uq_visit_purpose_clinic_id_name")),
    )
    op.create_table(
        "event",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("site_id", WHOLE, nullable=False),
        sa.Column("provider_id", WHOLE, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start_minute", WHOLE, nullable=False),
        sa.Column("end_minute", WHOLE, nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("series", WHOLE, nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.Column("by_kind", sa.String(length=12), nullable=False),
        sa.Column("by_id", WHOLE, nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440",
            name=op.f("ck_event_span"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_event_clinic_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_event_provider_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_event_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_clinic_day", ["clinic_id", "day"], unique=False)
        batch_op.create_index("ix_event_provider_day", ["provider_id", "day"], unique=False)

    op.create_table(
        "office_hours",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("site_id", WHOLE, nullable=True),
        sa.Column("provider_id", WHOLE, nullable=False),
        sa.Column("weekday", WHOLE, nullable=False),
        sa.Column("start_minute", WHOLE, nullable=False),
        sa.Column("end_minute", WHOLE, nullable=False),
        sa.Column("break_label", sa.String(length=40), nullable=True),
        sa.Column("governor", WHOLE, nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440",
            name=op.f("ck_office_hours_span"),
        ),
        sa.CheckConstraint("governor BETWEEN 1 AND 20", name=op.f("ck_office_hours_governor")),
        sa.CheckConstraint("valid_from <= valid_until", name=op.f("ck_office_hours_validity")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_office_hours_weekday")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_office_hours_clinic_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_office_hours_provider_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_office_hours_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_hours")),
    )
    with op.batch_alter_table("office_hours", schema=None) as batch_op:
        batch_op.create_index("ix_office_hours_provider", ["provider_id"], unique=False)

    op.create_table(
        "patient",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("record_number", sa.String(length=40), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("last_name", sa.String(length=200), nullable=False),
        sa.Column("first_name", sa.String(length=200), nullable=False),
        sa.Column("folded_last", FOLDED, nullable=False),
        sa.Column("folded_first", FOLDED, nullable=False),
        sa.Column("fold_version", WHOLE, nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("sex", sa.String(length=10), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("folded_email", sa.String(length=320), nullable=True),
        sa.Column("preferred_provider_id", WHOLE, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("inactive_reason", sa.String(length=200), nullable=False),
        sa.Column("merged_into_id", WHOLE, nullable=True),
        sa.Column("erased_at", INSTANT, nullable=True),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("by_kind", sa.String(length=12), nullable=False),
        sa.Column("by_id", WHOLE, nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_patient_clinic_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["patient.id"], name=op.f("fk_patient_merged_into_id")),
        sa.ForeignKeyConstraint(
            ["preferred_provider_id"], ["provider.id"], name=op.f("fk_patient_preferred_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient")),
        sa.UniqueConstraint("clinic_id", "record_number", name=op.f("uq_patient_clinic_id_record_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_patient_public_id")),
    )
    with op.batch_alter_table("patient", schema=None) as batch_op:
        batch_op.create_index("ix_patient_born", ["clinic_id", "birth_date"], unique=False)
        batch_op.create_index("ix_patient_email", ["clinic_id", "folded_email"], unique=False)
        batch_op.create_index(
            "ix_patient_active",
            ["clinic_id", "folded_last", "folded_first"],
            unique=False,
            sqlite_where=sa.text("active = 1 AND erased_at IS NULL AND merged_into_id IS NULL"),
            postgresql_where=sa.text("active AND erased_at IS NULL AND merged_into_id IS NULL"),
        )
        batch_op.create_index("ix_patient_first", ["clinic_id", "folded_first", "folded_last"], unique=False)
        batch_op.create_index("ix_patient_names", ["clinic_id", "folded_last", "folded_first"], unique=False)

    op.create_table(
        "provider_identifier",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("provider_id", WHOLE, nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_provider_identifier_clinic_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_provider_identifier_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_identifier")),
        sa.UniqueConstraint("clinic_id", "system", "value", name=op.f("uq_provider_identifier_clinic_id_system_value")),
    )
    op.create_table(
        "provider_purpose",
        sa.Column("provider_id", WHOLE, nullable=False),
        sa.Column("purpose_id", WHOLE, nullable=False),
        sa.Column("offered_online", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_provider_purpose_provider_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["visit_purpose.id"], name=op.f("fk_provider_purpose_purpose_id")),
        sa.PrimaryKeyConstraint("provider_id", "purpose_id", name=op.f("pk_provider_purpose")),
    )
    op.create_table(
        "appointment_series",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("patient_id", WHOLE, nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("by_kind", sa.String(length=12), nullable=False),
        sa.Column("by_id", WHOLE, nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_appointment_series_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_appointment_series_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_series")),
    )
    op.create_table(
        "consent",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("patient_id", WHOLE, nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("given_how", sa.String(length=20), nullable=False),
        sa.Column("given_kind", sa.String(length=12), nullable=False),
        sa.Column("given_id", WHOLE, nullable=True),
        sa.Column("given_name", sa.String(length=200), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_how", sa.String(length=20), nullable=True),
        sa.Column("ended_kind", sa.String(length=12), nullable=True),
        sa.Column("ended_id", WHOLE, nullable=True),
        sa.Column("ended_name", sa.String(length=200), nullable=True),
        sa.CheckConstraint("channel IN ('email', 'text')", name=op.f("ck_consent_channel")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_consent_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_consent_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(
            "uq_consent_open",
            ["patient_id", "channel"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index("ix_consent_patient", ["patient_id", "channel"], unique=False)

    op.create_table(
        "enrollment",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("patient_id", WHOLE, nullable=False),
        sa.Column("relation", sa.String(length=10), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_kind", sa.String(length=12), nullable=True),
        sa.Column("ended_id", WHOLE, nullable=True),
        sa.Column("ended_name", sa.String(length=200), nullable=True),
        sa.Column("by_kind", sa.String(length=12), nullable=False),
        sa.Column("by_id", WHOLE, nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["online_account.id"], name=op.f("fk_enrollment_account_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_enrollment_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_enrollment_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment")),
    )
    with op.batch_alter_table("enrollment", schema=None) as batch_op:
        batch_op.create_index(
            "uq_enrollment_live",
            ["patient_id", "account_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index("ix_enrollment_patient", ["patient_id"], unique=False)
        batch_op.create_index("ix_enrollment_clinic", ["clinic_id", "ended_at", "made_at"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("patient_id", WHOLE, nullable=False),
        sa.Column("is_last", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("folded_address", sa.String(length=320), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", INSTANT, nullable=False),
        sa.Column("state_by_kind", sa.String(length=12), nullable=False),
        sa.Column("state_by_id", WHOLE, nullable=True),
        sa.Column("state_by_name", sa.String(length=200), nullable=False),
        sa.Column("error", sa.String(length=400), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("secret_digest", sa.String(length=64), nullable=True),
        sa.Column("wrong_birth_dates", WHOLE, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("by_kind", sa.String(length=12), nullable=False),
        sa.Column("by_id", WHOLE, nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_invitation_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_invitation_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_invitation_secret_digest")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index("ix_invitation_patient", ["patient_id"], unique=False)
        batch_op.create_index(
            "uq_invitation_live",
            ["patient_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('queued', 'sent')"),
            postgresql_where=sa.text("state IN ('queued', 'sent')"),
        )
        batch_op.create_index(
            "uq_invitation_last",
            ["patient_id"],
            unique=True,
            sqlite_where=sa.text("is_last"),
            postgresql_where=sa.text("is_last"),
        )
        batch_op.create_index("ix_invitation_newest", ["clinic_id", "is_last", "state_at", "patient_id"], unique=False)
        batch_op.create_index("ix_invitation_state", ["clinic_id", "is_last", "state", "state_at"], unique=False)

    op.create_table(
        "enrollment_request",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("last_name", sa.String(length=200), nullable=False),
        sa.Column("first_name", sa.String(length=200), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", INSTANT, nullable=False),
        sa.Column("state_by_kind", sa.String(length=12), nullable=False),
        sa.Column("state_by_id", WHOLE, nullable=True),
        sa.Column("state_by_name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("patient_id", WHOLE, nullable=True),
        sa.Column("version", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["online_account.id"], name=op.f("fk_enrollment_request_account_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_enrollment_request_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_enrollment_request_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment_request")),
    )
    with op.batch_alter_table("enrollment_request", schema=None) as batch_op:
        batch_op.create_index("ix_enrollment_request_state", ["clinic_id", "state", "made_at"], unique=False)

    op.create_table(
        "patient_alert",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("patient_id", WHOLE, nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("shown_when", sa.String(length=20), nullable=False),
        sa.Column("must_confirm", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("by_kind", sa.String(length=12), nullable=False),
        sa.Column("by_id", WHOLE, nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_patient_alert_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_patient_alert_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_alert")),
    )
    with op.batch_alter_table("patient_alert", schema=None) as batch_op:
        batch_op.create_index("ix_patient_alert_patient", ["patient_id"], unique=False)

    op.create_table(
        "patient_identifier",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("patient_id", WHOLE, nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_patient_identifier_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_patient_identifier_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_identifier")),
        sa.UniqueConstraint("clinic_id", "system", "value", name=op.f("uq_patient_identifier_clinic_id_system_value")),
    )
    with op.batch_alter_table("patient_identifier", schema=None) as batch_op:
        batch_op.create_index("ix_patient_identifier_patient", ["patient_id"], unique=False)

    op.create_table(
        "patient_name",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("patient_id", WHOLE, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded_last", FOLDED, nullable=False),
        sa.Column("fold_version", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_patient_name_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_patient_name_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_name")),
    )
    with op.batch_alter_table("patient_name", schema=None) as batch_op:
        batch_op.create_index("ix_patient_name_last", ["clinic_id", "folded_last"], unique=False)
        batch_op.create_index("ix_patient_name_patient", ["patient_id"], unique=False)

    op.create_table(
        "patient_phone",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("patient_id", WHOLE, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("e164", sa.String(length=20), nullable=True),
        sa.Column("digits_reversed", DIGITS, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_patient_phone_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_patient_phone_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_phone")),
    )
    with op.batch_alter_table("patient_phone", schema=None) as batch_op:
        batch_op.create_index("ix_patient_phone_patient", ["patient_id", "position", "number"], unique=False)
        batch_op.create_index("ix_patient_phone_tail", ["clinic_id", "digits_reversed"], unique=False)

    op.create_table(
        "patient_relation",
        sa.Column("patient_id", WHOLE, nullable=False),
        sa.Column("other_id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.CheckConstraint("patient_id < other_id", name=op.f("ck_patient_relation_order")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_patient_relation_clinic_id")),
        sa.ForeignKeyConstraint(["other_id"], ["patient.id"], name=op.f("fk_patient_relation_other_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_patient_relation_patient_id")),
        sa.PrimaryKeyConstraint("patient_id", "other_id", name=op.f("pk_patient_relation")),
    )
    op.create_table(
        "appointment",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("site_id", WHOLE, nullable=False),
        sa.Column("provider_id", WHOLE, nullable=False),
        sa.Column("patient_id", WHOLE, nullable=False),
        sa.Column("purpose_id", WHOLE, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("start_second", WHOLE, nullable=False),
        sa.Column("minutes", WHOLE, nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("status_at", INSTANT, nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("overbooked", sa.Boolean(), nullable=False),
        sa.Column("overridden", sa.Boolean(), nullable=False),
        sa.Column("series_id", WHOLE, nullable=True),
        sa.Column("ordinal", WHOLE, nullable=True),
        sa.Column("replaces_id", WHOLE, nullable=True),
        sa.Column("replaced_by_id", WHOLE, nullable=True),
        sa.Column("cancel_reason", sa.String(length=200), nullable=False),
        sa.Column("asked_by", sa.String(length=10), nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=True),
        sa.Column("import_key", sa.String(length=200), nullable=True),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("by_kind", sa.String(length=12), nullable=False),
        sa.Column("by_id", WHOLE, nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_appointment_minutes")),
        sa.CheckConstraint("start_second BETWEEN 0 AND 86399", name=op.f("ck_appointment_start")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_appointment_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_appointment_patient_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_appointment_provider_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["visit_purpose.id"], name=op.f("fk_appointment_purpose_id")),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["appointment.id"], name=op.f("fk_appointment_replaced_by_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["appointment.id"], name=op.f("fk_appointment_replaces_id")),
        sa.ForeignKeyConstraint(["series_id"], ["appointment_series.id"], name=op.f("fk_appointment_series_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_appointment_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("clinic_id", "day", "number", name=op.f("uq_appointment_clinic_id_day_number")),
        sa.UniqueConstraint("clinic_id", "import_key", name=op.f("uq_appointment_clinic_id_import_key")),
    )
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.create_index("ix_appointment_patient_day", ["patient_id", "day"], unique=False)
        batch_op.create_index("ix_appointment_provider_day", ["provider_id", "day"], unique=False)

    op.create_table(
        "appointment_status",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("appointment_id", WHOLE, nullable=False),
        sa.Column("old", sa.String(length=12), nullable=True),
        sa.Column("new", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("op_id", sa.String(length=36), nullable=False),
        sa.Column("undone_by", sa.String(length=36), nullable=True),
        sa.Column("by_kind", sa.String(length=12), nullable=False),
        sa.Column("by_id", WHOLE, nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_appointment_status_appointment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_status")),
    )
    with op.batch_alter_table("appointment_status", schema=None) as batch_op:
        batch_op.create_index("ix_appointment_status_appointment", ["appointment_id"], unique=False)

    op.create_table(
        "online_rules",
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("notice_minutes", WHOLE, nullable=False),
        sa.Column("days_ahead", WHOLE, nullable=False),
        sa.Column("most_coming", WHOLE, nullable=False),
        sa.Column("welcome", sa.Text(), nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_online_rules_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", name=op.f("pk_online_rules")),
    )
    op.create_table(
        "online_provider",
        sa.Column("provider_id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("governor", WHOLE, nullable=True),
        sa.Column("own_hours", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.CheckConstraint("governor BETWEEN 1 AND 20", name=op.f("ck_online_provider_governor")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_online_provider_clinic_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_online_provider_provider_id")),
        sa.PrimaryKeyConstraint("provider_id", name=op.f("pk_online_provider")),
    )
    op.create_table(
        "online_hours",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("provider_id", WHOLE, nullable=False),
        sa.Column("weekday", WHOLE, nullable=False),
        sa.Column("start_minute", WHOLE, nullable=False),
        sa.Column("end_minute", WHOLE, nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_online_hours_weekday")),
        sa.CheckConstraint(
            "0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440", name=op.f("ck_online_hours_span")
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_online_hours_clinic_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_online_hours_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_hours")),
    )
    with op.batch_alter_table("online_hours", schema=None) as batch_op:
        batch_op.create_index("ix_online_hours_provider", ["provider_id"], unique=False)

    op.create_table(
        "mail_text",
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("version", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_mail_text_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "kind", name=op.f("pk_mail_text")),
    )
    op.create_table(
        "online_purpose",
        sa.Column("purpose_id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_online_purpose_clinic_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["visit_purpose.id"], name=op.f("fk_online_purpose_purpose_id")),
        sa.PrimaryKeyConstraint("purpose_id", name=op.f("pk_online_purpose")),
    )
    op.create_table(
        "online_session",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["online_account.id"], name=op.f("fk_online_session_account_id")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_online_session")),
    )
    with op.batch_alter_table("online_session", schema=None) as batch_op:
        batch_op.create_index("ix_online_session_account", ["account_id"], unique=False)
        batch_op.create_index("ix_online_session_seen", ["seen_at"], unique=False)

    op.create_table(
        "online_throttle",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("tries", WHOLE, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_online_throttle")),
    )
    with op.batch_alter_table("online_throttle", schema=None) as batch_op:
        batch_op.create_index("ix_online_throttle_last", ["last_at"], unique=False)

    op.create_table(
        "online_link",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("account_id", WHOLE, nullable=True),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("secret_digest", sa.String(length=64), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["online_account.id"], name=op.f("fk_online_link_account_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_online_link_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_link")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_online_link_secret_digest")),
    )
    with op.batch_alter_table("online_link", schema=None) as batch_op:
        batch_op.create_index("ix_online_link_expires", ["expires_at"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("patient_id", WHOLE, nullable=True),
        sa.Column("invitation_id", WHOLE, nullable=True),
        sa.Column("appointment_id", WHOLE, nullable=True),
        sa.Column("link_id", WHOLE, nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("error", sa.String(length=400), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("op_id", sa.String(length=36), nullable=False),
        sa.Column("by_kind", sa.String(length=12), nullable=False),
        sa.Column("by_id", WHOLE, nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name=op.f("fk_outbox_appointment_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_outbox_clinic_id")),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_outbox_invitation_id")),
        sa.ForeignKeyConstraint(["link_id"], ["online_link.id"], name=op.f("fk_outbox_link_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_outbox_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_due", ["state", "next_at"], unique=False)
        batch_op.create_index("ix_outbox_invitation", ["invitation_id"], unique=False)
        batch_op.create_index("ix_outbox_sent", ["clinic_id", "sent_at"], unique=False)
        batch_op.create_index("ix_outbox_batch", ["op_id", "patient_id"], unique=False)

    op.create_table(
        "mail_state",
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("stopped_at", INSTANT, nullable=True),
        sa.Column("stopped_why", sa.String(length=400), nullable=False),
        sa.Column("key_check", sa.String(length=64), nullable=True),
        sa.Column("sender_seen_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_mail_state_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", name=op.f("pk_mail_state")),
    )

    op.create_table(
        "seat",
        sa.Column("kind", sa.String(length=1), nullable=False),
        sa.Column("resource_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("slot", WHOLE, autoincrement=False, nullable=False),
        sa.Column("seat", WHOLE, autoincrement=False, nullable=False),
        sa.Column("cap", WHOLE, nullable=False),
        sa.Column("over_ok", WHOLE, nullable=False),
        sa.Column("appointment_id", WHOLE, nullable=True),
        sa.Column("hold_id", sa.String(length=36), nullable=True),
        sa.Column("hold_by", sa.String(length=64), nullable=True),
        sa.Column("hold_until", INSTANT, nullable=True),
        sa.CheckConstraint("kind IN ('P', 'T')", name=op.f("ck_seat_kind")),
        sa.CheckConstraint("seat >= 0 AND (seat < cap OR over_ok = 1)", name=op.f("ck_seat_cap")),
        sa.CheckConstraint("appointment_id IS NOT NULL OR hold_until IS NOT NULL", name=op.f("ck_seat_holder")),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name=op.f("fk_seat_appointment_id")),
        sa.PrimaryKeyConstraint("kind", "resource_id", "slot", "seat", name=op.f("pk_seat")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.create_index("ix_seat_appointment", ["appointment_id"], unique=False)
        batch_op.create_index(
            "ix_seat_hold",
            ["hold_id"],
            unique=False,
            sqlite_where=sa.text("hold_id IS NOT NULL"),
            postgresql_where=sa.text("hold_id IS NOT NULL"),
        )

    op.create_table(
        "waitlist_entry",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("patient_id", WHOLE, nullable=False),
        sa.Column("purpose_id", WHOLE, nullable=False),
        sa.Column("weekdays", WHOLE, nullable=False),
        sa.Column("first_minute", WHOLE, nullable=False),
        sa.Column("end_minute", WHOLE, nullable=False),
        sa.Column("earliest", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_how", sa.String(length=10), nullable=False),
        sa.Column("closed_by_id", WHOLE, nullable=True),
        sa.Column("closed_by_name", sa.String(length=200), nullable=False),
        sa.Column("appointment_id", WHOLE, nullable=True),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("by_kind", sa.String(length=12), nullable=False),
        sa.Column("by_id", WHOLE, nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127", name=op.f("ck_waitlist_entry_weekdays")),
        sa.CheckConstraint(
            "0 <= first_minute AND first_minute < end_minute AND end_minute <= 1440",
            name=op.f("ck_waitlist_entry_times"),
        ),
        sa.CheckConstraint("earliest <= until", name=op.f("ck_waitlist_entry_dates")),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name=op.f("fk_waitlist_entry_appointment_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_waitlist_entry_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_waitlist_entry_patient_id")),
        sa.ForeignKeyConstraint(["purpose_id"], ["visit_purpose.id"], name=op.f("fk_waitlist_entry_purpose_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_entry")),
    )
    with op.batch_alter_table("waitlist_entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_waitlist_entry_open",
            ["clinic_id", "until", "made_at"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index("ix_waitlist_entry_patient", ["patient_id"], unique=False)

    op.create_table(
        "waitlist_provider",
        sa.Column("entry_id", WHOLE, nullable=False),
        sa.Column("provider_id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["waitlist_entry.id"], name=op.f("fk_waitlist_provider_entry_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_waitlist_provider_provider_id")),
        sa.PrimaryKeyConstraint("entry_id", "provider_id", name=op.f("pk_waitlist_provider")),
    )

    op.create_table(
        "draft",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("staff_id", WHOLE, nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("patient_id", WHOLE, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_draft_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_draft_patient_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_draft_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index("ix_draft_staff", ["clinic_id", "staff_id", "saved_at"], unique=False)

    op.create_table(
        "patient_merge",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("kept_id", WHOLE, nullable=False),
        sa.Column("gone_id", WHOLE, nullable=False),
        sa.Column("moved", sa.Text(), nullable=False),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.Column("by_kind", sa.String(length=12), nullable=False),
        sa.Column("by_id", WHOLE, nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_patient_merge_clinic_id")),
        sa.ForeignKeyConstraint(["gone_id"], ["patient.id"], name=op.f("fk_patient_merge_gone_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["patient.id"], name=op.f("fk_patient_merge_kept_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_merge")),
    )
    with op.batch_alter_table("patient_merge", schema=None) as batch_op:
        batch_op.create_index("ix_patient_merge_kept", ["kept_id"], unique=False)

    op.create_table(
        "not_same_patient",
        sa.Column("patient_id", WHOLE, nullable=False),
        sa.Column("other_id", WHOLE, nullable=False),
        sa.Column("clinic_id", WHOLE, nullable=False),
        sa.Column("by_kind", sa.String(length=12), nullable=False),
        sa.Column("by_id", WHOLE, nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.CheckConstraint("patient_id < other_id", name=op.f("ck_not_same_patient_order")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_not_same_patient_clinic_id")),
        sa.ForeignKeyConstraint(["other_id"], ["patient.id"], name=op.f("fk_not_same_patient_other_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_not_same_patient_patient_id")),
        sa.PrimaryKeyConstraint("patient_id", "other_id", name=op.f("pk_not_same_patient")),
    )
