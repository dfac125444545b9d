"""Load the generated world through the same actions that people use."""

from safelane.demo.build.build import Built, build_demo
from safelane.demo.build.links import Invited, invite_people
from safelane.demo.build.workspace import Progress, Silent

__all__ = ["Built", "Invited", "Progress", "Silent", "build_demo", "invite_people"]
