/**
 * Which datums a consumer wants, as a value that travels to the producer and is answered there.
 *
 * <p>{@link io.mosaik.streams.criteria.Criteria} is what users write. A criteria is a small tree of
 * comparisons of record components with constants; it has limits of depth and size, so that one
 * from the network can be looked at without harm, and two that say the same are equal, so that a
 * producer asks each datum once however many consumers say it. {@link
 * io.mosaik.streams.criteria.CriteriaCodec} is its form on the wire, {@link
 * io.mosaik.streams.criteria.CriteriaCompiler} makes of it, for one type of datums, a predicate
 * that calls the accessors directly. Start reading at {@link io.mosaik.streams.criteria.Criteria}.
 */
@NullMarked
package io.mosaik.streams.criteria;

import org.jspecify.annotations.NullMarked;
