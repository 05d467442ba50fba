package io.mosaik.groups;

import io.mosaik.groups.raft.Message;
import io.mosaik.groups.sync.SyncMessage;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;

/** What the members of a group say to each other on their bonds. */
sealed interface GroupMessage {

  /** The bytes of the one or the other, told apart by their kinds. */
  Codec<GroupMessage> CODEC =
      new Codec<>() {
        @Override
        public void encode(GroupMessage message, BinaryWriter out) {
          switch (message) {
            case Consensus consensus -> out.value(consensus.message, Message.CODEC);
            case Sync sync -> out.value(sync.message, SyncMessage.CODEC);
          }
        }

        @Override
        public GroupMessage decode(BinaryReader in) {
          boolean sync = in.remaining() > 0 && in.view(0, 1).u8() >= SyncMessage.FIRST_KIND;
          return sync
              ? new Sync(in.value(SyncMessage.CODEC))
              : new Consensus(in.value(Message.CODEC));
        }
      };

  /** Of consensus. */
  record Consensus(Message message) implements GroupMessage {}

  /** Of what is beside it. */
  record Sync(SyncMessage message) implements GroupMessage {}
}
