package io.mosaik.groups;

import io.mosaik.discovery.Discovery;
import io.mosaik.groups.bond.BondMessage;
import io.mosaik.groups.raft.Consensus;
import io.mosaik.runtime.Platform;
import io.mosaik.transport.Links;
import io.mosaik.transport.Protocol;

/** What a node gives to each of its groups. */
record GroupNode(
    Platform platform,
    Links links,
    Discovery discovery,
    Protocol<BondMessage<GroupMessage>> protocol,
    Consensus.Maker consensus) {}
