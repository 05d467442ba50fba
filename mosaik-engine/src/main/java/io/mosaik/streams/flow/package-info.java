/**
 * The decisions of streams, without any I/O: who is sent what, who is subscribed to next, when
 * credit is granted.
 *
 * <p>{@link io.mosaik.streams.flow.FanOut} is the producer's side: one log of recent batches, and a
 * cursor with a credit for each subscriber. {@link io.mosaik.streams.flow.SubscriptionPlan} is the
 * consumer's: what to do about each producer that the catalog names; {@link
 * io.mosaik.streams.flow.ReceiveWindow} grants the credit of one subscription. All are plain
 * classes that one strand owns; time and randomness are given to them. Internal: applications use
 * {@link io.mosaik.streams}'s own types. Start reading at {@link io.mosaik.streams.flow.FanOut}.
 */
@NullMarked
package io.mosaik.streams.flow;

import org.jspecify.annotations.NullMarked;
