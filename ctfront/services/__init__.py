"""What the front desk does: one method, one act, one transaction."""
