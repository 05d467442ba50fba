package io.mosaik.sample.matcher;

import io.mosaik.sample.ExitWithParent;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The matcher of the trading network. */
@SpringBootApplication
public class MatcherApplication {

  /**
   * Starts the matcher.
   *
   * @param args Spring Boot's
   */
  public static void main(String[] args) {
    ExitWithParent.ifAsked();
    SpringApplication.run(MatcherApplication.class, args);
  }
}
