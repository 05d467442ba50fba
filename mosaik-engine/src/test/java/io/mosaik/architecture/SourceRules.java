package io.mosaik.architecture;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.PackageTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The rules that only the source shows. Each returns its violations, one a line, as {@code
 * File.java:line what is wrong}.
 *
 * @param sources the Java files to look at
 */
record SourceRules(List<Path> sources) {

  private static final Pattern LEFTOVER = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");

  /** All Java files below the folders that exist. */
  static SourceRules below(Path... folders) {
    List<Path> files = new ArrayList<>();
    for (Path folder : folders) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> found = Files.walk(folder)) {
          found.filter(file -> file.toString().endsWith(".java")).sorted().forEach(files::add);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return new SourceRules(files);
  }

  /**
   * Packages, public types, and their public and protected methods unless inherited, carry Javadoc.
   */
  List<String> undocumented() {
    return scan(Undocumented::new);
  }

  /** State has one writer: no synchronized blocks. */
  List<String> synchronizedBlocks() {
    return scan(SynchronizedBlocks::new);
  }

  /** What is on main is finished: no notes to come back to. */
  List<String> leftovers() {
    List<String> violations = new ArrayList<>();
    for (Path file : sources) {
      List<String> lines = readLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (LEFTOVER.matcher(lines.get(i)).find()) {
          violations.add(file.getFileName() + ":" + (i + 1) + " " + lines.get(i).strip());
        }
      }
    }
    return violations;
  }

  private List<String> scan(BiFunction<CompilationUnitTree, DocTrees, Scanner> scanner) {
    if (sources.isEmpty()) {
      return List.of();
    }
    JavaCompiler compiler =
        Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "the tests need a JDK");
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources));
      DocTrees docs = DocTrees.instance(task);
      List<String> violations = new ArrayList<>();
      for (CompilationUnitTree unit : task.parse()) {
        Scanner each = scanner.apply(unit, docs);
        each.scan(unit, null);
        violations.addAll(each.violations);
      }
      return violations;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> readLines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Collects violations of one file. */
  private abstract static class Scanner extends TreePathScanner<@Nullable Void, @Nullable Void> {
    final List<String> violations = new ArrayList<>();
    private final CompilationUnitTree unit;
    private final DocTrees docs;

    Scanner(CompilationUnitTree unit, DocTrees docs) {
      this.unit = unit;
      this.docs = docs;
    }

    boolean isDocumented(TreePath path) {
      DocCommentTree comment = docs.getDocCommentTree(path);
      return comment != null && !comment.toString().isBlank();
    }

    void violation(Tree where, String what) {
      long position = docs.getSourcePositions().getStartPosition(unit, where);
      Path file = Path.of(unit.getSourceFile().toUri()).getFileName();
      violations.add(file + ":" + unit.getLineMap().getLineNumber(position) + " " + what);
    }
  }

  private static final class Undocumented extends Scanner {

    Undocumented(CompilationUnitTree unit, DocTrees docs) {
      super(unit, docs);
    }

    @Override
    public @Nullable Void visitPackage(PackageTree tree, @Nullable Void unused) {
      boolean packageInfo =
          getCurrentPath()
              .getCompilationUnit()
              .getSourceFile()
              .isNameCompatible("package-info", JavaFileObject.Kind.SOURCE);
      if (packageInfo && !isDocumented(getCurrentPath())) {
        violation(tree, "package " + tree.getPackageName() + " has no Javadoc");
      }
      return null;
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
      if (!isVisible(getCurrentPath())) {
        return null; // and so is nothing in it
      }
      if (!isDocumented(getCurrentPath())) {
        violation(type, "public type " + type.getSimpleName() + " has no Javadoc");
      }
      return super.visitClass(type, null);
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
      boolean inherits =
          method.getModifiers().getAnnotations().stream()
              .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
      boolean constructor = method.getReturnType() == null;
      if (isVisible(getCurrentPath())
          && !inherits
          && !constructor
          && !isDocumented(getCurrentPath())) {
        violation(method, "public method " + method.getName() + " has no Javadoc");
      }
      return null; // classes inside of methods are nobody's API
    }

    private static boolean isVisible(TreePath path) {
      Tree parent = path.getParentPath().getLeaf();
      if (parent.getKind() == Tree.Kind.INTERFACE
          || parent.getKind() == Tree.Kind.ANNOTATION_TYPE) {
        return !modifiers(path.getLeaf()).contains(Modifier.PRIVATE);
      }
      return modifiers(path.getLeaf()).contains(Modifier.PUBLIC)
          || modifiers(path.getLeaf()).contains(Modifier.PROTECTED);
    }

    private static Set<Modifier> modifiers(Tree tree) {
      return switch (tree) {
        case ClassTree type -> type.getModifiers().getFlags();
        case MethodTree method -> method.getModifiers().getFlags();
        default -> Set.of();
      };
    }
  }

  private static final class SynchronizedBlocks extends Scanner {

    SynchronizedBlocks(CompilationUnitTree unit, DocTrees docs) {
      super(unit, docs);
    }

    @Override
    public @Nullable Void visitSynchronized(SynchronizedTree block, @Nullable Void unused) {
      violation(block, "synchronized block");
      return super.visitSynchronized(block, null);
    }
  }
}
