"""The actions on both databases, told as stories with expected books."""
