package io.mosaik.groups;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/**
 * What a class logs of one group, at INFO and above, until this is closed. Other tests log of
 * theirs at the same time: the group has to be one of this test alone.
 */
final class LogLines implements AutoCloseable {

  private final Logger logger;
  private final AppenderBase<ILoggingEvent> appender;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private LogLines(Group<?, ?, ?, ?> group, Class<?> logs) {
    logger = (Logger) LoggerFactory.getLogger(logs);
    String prefix = "Group " + group.id().toShortString() + ": ";
    appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            String line = event.getFormattedMessage();
            if (event.getLevel().isGreaterOrEqual(Level.INFO) && line.startsWith(prefix)) {
              lines.add(line.substring(prefix.length()));
            }
          }
        };
  }

  static LogLines of(Group<?, ?, ?, ?> group, Class<?> logs) {
    var log = new LogLines(group, logs);
    log.appender.start();
    log.logger.setLevel(Level.INFO);
    log.logger.addAppender(log.appender);
    return log;
  }

  /** Without what they begin with, the name of the group. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
    logger.setLevel(null);
  }
}
