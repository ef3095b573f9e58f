// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.conformance;

import com.google.common.collect.SetMultimap;
import com.google.common.collect.TreeMultimap;
import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Which tests name which requirement in {@code @Tag} or {@code @DisplayName}, read from the sources of every module. */
final class Citations extends TreeScanner<@Nullable Void, @Nullable Void> {
    private static final Pattern ID = Pattern.compile("\\b(?:SND|PCI|VQ)-\\d+\\b");
    private static final Set<String> TESTS = Set.of("Test", "ParameterizedTest", "RepeatedTest", "TestFactory");

    private final Path root;
    private final SetMultimap<String, TestMethod> byId = TreeMultimap.create();
    private final List<String> disabled = new ArrayList<>();
    private final List<ClassTree> outer = new ArrayList<>();
    private Path file = Path.of("");

    /** A test, as the table names it. */
    record TestMethod(String name, String file) implements Comparable<TestMethod> {
        @Override
        public int compareTo(TestMethod other) {
            int byName = name.compareTo(other.name);
            return byName == 0 ? file.compareTo(other.file) : byName;
        }
    }

    private Citations(Path root) {
        this.root = root;
    }

    /** Reads the tests below the project's folder. */
    static Citations of(Path root) throws IOException {
        Citations citations = new Citations(root);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, files, null, List.of(), null, files.getJavaFileObjectsFromPaths(tests(root)));
            for (CompilationUnitTree unit : task.parse()) {
                citations.file = Path.of(unit.getSourceFile().toUri());
                citations.scan(unit, null);
            }
        }
        return citations;
    }

    private static List<Path> tests(Path root) throws IOException {
        Path sources = Path.of("src", "test", "java");
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(path ->
                            path.toString().endsWith(".java") && path.toString().contains(sources.toString()))
                    .sorted()
                    .toList();
        }
    }

    /** The tests by the requirements that they name. */
    SetMultimap<String, TestMethod> byId() {
        return byId;
    }

    /** Tests that are switched off. */
    List<String> disabled() {
        return disabled;
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
        outer.add(type);
        super.visitClass(type, null);
        outer.remove(outer.size() - 1);
        return null;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
        if (named(method.getModifiers(), TESTS)) {
            String name = String.join(
                            ".",
                            outer.stream()
                                    .map(type -> type.getSimpleName().toString())
                                    .toList())
                    + "." + method.getName();
            TestMethod test = new TestMethod(name, root.relativize(file).toString());
            outer.forEach(type -> cite(type.getModifiers(), test));
            cite(method.getModifiers(), test);
        }
        return super.visitMethod(method, null);
    }

    private void cite(ModifiersTree modifiers, TestMethod test) {
        if (named(modifiers, Set.of("Disabled"))) {
            disabled.add(test.name());
        }
        for (AnnotationTree annotation : modifiers.getAnnotations()) {
            if (Set.of("Tag", "DisplayName")
                    .contains(annotation.getAnnotationType().toString())) {
                for (ExpressionTree argument : annotation.getArguments()) {
                    citeText(text(argument), test);
                }
            }
        }
    }

    private void citeText(String text, TestMethod test) {
        Matcher ids = ID.matcher(text);
        while (ids.find()) {
            byId.put(ids.group(), test);
        }
    }

    private static boolean named(ModifiersTree modifiers, Set<String> names) {
        return modifiers.getAnnotations().stream()
                .anyMatch(annotation ->
                        names.contains(annotation.getAnnotationType().toString()));
    }

    private static String text(ExpressionTree expression) {
        if (expression instanceof LiteralTree literal) {
            return String.valueOf(literal.getValue());
        }
        if (expression instanceof AssignmentTree assignment) {
            return text(assignment.getExpression());
        }
        if (expression instanceof BinaryTree sum) {
            return text(sum.getLeftOperand()) + text(sum.getRightOperand());
        }
        return "";
    }
}
