"""Vectors as values in compiled kernels: so many scenarios side by side, kept in registers.

A loop over lanes that LLVM turns into vector instructions reads and writes memory at each step.
Here a vector is a value of its own, so that what is known of a node stays in registers while all
that leads to it is added and compared. LLVM splits a vector into as many registers as it takes on
the processor at hand: of 512 bits with AVX-512, of 256 with AVX2, of 128 elsewhere.

Indices are not checked, and never count from the end.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import extending, types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.extending import register_model

LANES_OF_BITS = {32: 64, 64: 16}
"""Scenarios side by side, by the bits of a key: more make fewer branches, fewer take less room."""
LINE_BYTES = 64
"""A line of the cache, which a store past the cache must begin and fill."""
INDEX = ir.IntType(64)
intrinsic: Any = extending.intrinsic


class Vector(types.Type):
    """So many whole numbers of one type."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        self.count = LANES_OF_BITS[dtype.bitwidth]
        super().__init__(name=f"vector({dtype} x {self.count})")


class Flags(types.Type):
    """So many flags, one for each number of a vector."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(name=f"flags({count})")


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Vector) -> None:
        kind = ir.VectorType(ir.IntType(fe_type.dtype.bitwidth), fe_type.count)
        super().__init__(dmm, fe_type, kind)  # type: ignore[no-untyped-call]


@register_model(Flags)
class _FlagsModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Flags) -> None:
        kind = ir.VectorType(ir.IntType(1), fe_type.count)
        super().__init__(dmm, fe_type, kind)  # type: ignore[no-untyped-call]


def _place(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    """Return a pointer to the entry of an array."""
    if index.type.width < INDEX.width:
        index = builder.zext(index, INDEX)
    make: Any = cgutils.create_struct_proxy
    return builder.gep(make(kind)(context, builder, array).data, [index])


def _spread(context: Any, builder: Any, kind: Any, array: Any, index: Any, vector: Any) -> Any:
    """Return a pointer to a vector that begins at the entry of an array."""
    place = _place(context, builder, kind, array, index)
    return builder.bitcast(place, context.get_value_type(vector).as_pointer())


@intrinsic
def lane_count(_context: Any, array: Any) -> Any:
    """Return how many numbers a vector of an array's type has."""
    count = LANES_OF_BITS[array.dtype.bitwidth]

    def make(context: Any, _builder: Any, _signature: Any, _args: Any) -> Any:
        return context.get_constant(types.int64, count)

    return types.int64(array), make


@intrinsic
def at(_context: Any, array: Any, index: Any) -> Any:
    """Return one entry of an array of one axis."""

    def make(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load(_place(context, builder, signature.args[0], *args))

    return array.dtype(array, index), make


@intrinsic
def load(_context: Any, array: Any, index: Any) -> Any:
    """Return the vector that begins at an entry of an array of one axis."""
    vector = Vector(array.dtype)

    def make(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _spread(context, builder, signature.args[0], args[0], args[1], vector)
        vectors = builder.load(place)
        vectors.align = array.dtype.bitwidth // 8
        return vectors

    return vector(array, index), make


@intrinsic
def put_vector(_context: Any, array: Any, index: Any, vector: Any) -> Any:
    """Write a vector to where an entry of an array of one axis begins."""

    def make(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _spread(context, builder, signature.args[0], args[0], args[1], signature.args[2])
        builder.store(args[2], place).align = array.dtype.bitwidth // 8
        return context.get_dummy_value()

    return types.void(array, index, vector), make


@intrinsic
def put_answers(_context: Any, array: Any, index: Any, vector: Any, lanes: Any) -> Any:
    """Write the first lanes of a vector; all of them past the cache, which `finish` ends.

    Where all are written, the entry must begin where a line of the cache does.
    """

    def make(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind, _, vector, _ = signature.args
        full = builder.icmp_signed("==", args[3], ir.Constant(args[3].type, vector.count))
        with builder.if_else(full) as (whole, part):
            with whole:
                place = _spread(context, builder, kind, args[0], args[1], vector)
                store = builder.store(args[2], place)
                store.align = LINE_BYTES
                one = builder.module.add_metadata([ir.Constant(ir.IntType(32), 1)])
                store.set_metadata("nontemporal", one)
            with part, cgutils.for_range(builder, args[3]) as each:
                first = _place(context, builder, kind, *args[:2])
                builder.store(
                    builder.extract_element(args[2], each.index),
                    builder.gep(first, [each.index]),
                )
        return context.get_dummy_value()

    return types.void(array, index, vector, lanes), make


@intrinsic
def finish(_context: Any) -> Any:
    """Let all that was written be seen by other threads before anything that follows."""

    def make(context: Any, builder: Any, _signature: Any, _args: Any) -> Any:
        builder.fence("seq_cst")
        return context.get_dummy_value()

    return types.void(), make


@intrinsic
def spread(_context: Any, value: Any) -> Any:
    """Return a vector of one number, in all lanes."""
    vector = Vector(value)

    def make(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        kind = context.get_value_type(vector)
        blank = ir.Constant(kind, ir.Undefined)
        first = builder.insert_element(blank, args[0], ir.Constant(ir.IntType(32), 0))
        all_first = ir.Constant(ir.VectorType(ir.IntType(32), vector.count), None)
        return builder.shuffle_vector(first, blank, all_first)

    return vector(value), make


@intrinsic
def plus(_context: Any, one: Any, other: Any) -> Any:
    """Return sums, which wrap around past the last bit."""

    def make(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.add(*args)

    return one(one, other), make


@intrinsic
def either(_context: Any, one: Any, other: Any) -> Any:
    """Return the bits that one or the other has."""

    def make(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.or_(*args)

    return one(one, other), make


@intrinsic
def shifted_down(_context: Any, vector: Any, by: Any) -> Any:
    """Return numbers of 0 and more without their last bits."""

    def make(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.lshr(*args)

    return vector(vector, by), make


@intrinsic
def below(_context: Any, one: Any, other: Any) -> Any:
    """Return flags of where the first is less."""

    def make(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.icmp_signed("<", *args)

    return Flags(one.count)(one, other), make


@intrinsic
def pick(_context: Any, flags: Any, one: Any, other: Any) -> Any:
    """Return the first where the flag is up, else the second."""

    def make(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.select(*args)

    return one(flags, one, other), make


@intrinsic
def lesser(_context: Any, one: Any, other: Any) -> Any:
    """Return the lesser of each two."""

    def make(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.select(builder.icmp_signed("<", *args), *args)

    return one(one, other), make


@intrinsic
def as_bits(_context: Any, flags: Any) -> Any:
    """Return flags as bits of one number, the first the lowest."""

    def make(_context: Any, builder: Any, signature: Any, args: Any) -> Any:
        bits = builder.bitcast(args[0], ir.IntType(signature.args[0].count))
        return builder.zext(bits, INDEX) if bits.type.width < INDEX.width else bits

    return types.uint64(flags), make


@intrinsic
def as_flags(_context: Any, bits: Any, like: Any) -> Any:
    """Return the flags that bits stand for, one for each number of a vector."""
    flags = Flags(like.count)

    def make(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        bits = args[0]
        if flags.count < bits.type.width:
            bits = builder.trunc(bits, ir.IntType(flags.count))
        return builder.bitcast(bits, context.get_value_type(flags))

    return flags(bits, like), make
