package io.mosaik.streams;

import io.mosaik.streams.flow.ShareGroup;

/** What is shown of a share group: written on the producer's strand, read by anyone. */
final class ShareGroupRecord {

  private final String name;
  private final ShareGroup group;
  private volatile int members;
  private volatile int waiting;
  private volatile int outstanding;
  private volatile long handedOver;
  private volatile long lost;

  ShareGroupRecord(String name, ShareGroup group) {
    this.name = name;
    this.group = group;
  }

  String name() {
    return name;
  }

  ShareGroup group() {
    return group;
  }

  /** Looks how the group is now. */
  void note() {
    members = group.size();
    waiting = group.waiting();
    outstanding = group.outstanding();
    handedOver = group.handedOver();
    lost = group.lost();
  }

  ShareGroupInfo toInfo() {
    return new ShareGroupInfo(name, members, waiting, outstanding, handedOver, lost);
  }
}
