"""The generated world of the demo: the same seed gives the same world, byte for byte.

Two invented pilots stand side by side: Xiangkhouang with cluster-munition strikes, and
Fuzuli and Aghdam with mine belts along an invented former front line. No record in it
is real.
"""

from safelane.demo.world.world import DEFAULT_SEED, TODAY, World

__all__ = ["DEFAULT_SEED", "TODAY", "World"]
