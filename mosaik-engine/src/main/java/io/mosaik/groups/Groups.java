package io.mosaik.groups;

import java.util.List;

/** The groups of one node. Thread-safe; no method blocks. */
public interface Groups {

  /** Starts to join the group of a key, with the {@link NoOp} machine: leader election alone. */
  GroupBuilder<Void, Void, Void, Void> withKey(GroupKey key);

  /** The groups that this node is a member of. */
  List<Group<?, ?, ?, ?>> joined();
}
