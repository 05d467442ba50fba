/**
 * The settings that all members of a group share, and that are part of its id: for users, who set
 * them, and for consensus and bonds, which go by them. Start reading at {@link
 * io.mosaik.groups.config.ConsensusConfig}.
 */
@NullMarked
package io.mosaik.groups.config;

import org.jspecify.annotations.NullMarked;
