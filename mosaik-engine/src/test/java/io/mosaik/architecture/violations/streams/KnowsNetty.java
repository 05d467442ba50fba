package io.mosaik.architecture.violations.streams;

import io.netty.buffer.ByteBuf;

interface KnowsNetty {
  void send(ByteBuf bytes);
}
