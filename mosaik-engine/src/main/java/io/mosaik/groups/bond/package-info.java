/**
 * Bonds: one authenticated link between every pair of a group's members.
 *
 * <p>A bond is made by a {@link io.mosaik.groups.bond.Handshake} in which both sides prove that
 * they know the group's key, by a {@link io.mosaik.groups.bond.BondProof} that is worth nothing on
 * any other connection. {@link io.mosaik.groups.bond.Heartbeat} decides when to speak and when the
 * other side is dead. Both are pure: they are told what happened and when, and say what to do.
 * {@link io.mosaik.groups.bond.Bonds} runs them for all members of one group: it dials whom it is
 * shown, keeps one bond a pair, and bonds again when one breaks. Start reading there.
 */
@NullMarked
package io.mosaik.groups.bond;

import org.jspecify.annotations.NullMarked;
