package io.mosaik.spring.boot;

import io.mosaik.groups.Group;
import io.mosaik.id.GroupId;
import java.util.concurrent.ConcurrentHashMap;

/** The names that the application gave to its groups. Thread-safe. */
final class GroupNames {

  private final ConcurrentHashMap<GroupId, String> names = new ConcurrentHashMap<>();

  /** The group is that of {@code mosaik.groups.<name>}. */
  void put(GroupId id, String name) {
    names.put(id, name);
  }

  /** The group's name; the short form of its id where it has none. */
  String of(Group<?, ?, ?, ?> group) {
    return names.getOrDefault(group.id(), group.id().toShortString());
  }
}
