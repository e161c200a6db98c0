package io.jakube.apiserver.watchcache;

import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map ordered by key: an AVL tree whose changes share all but O(log n) nodes with the tree they come from. So every
 * revision of a cache is a snapshot that readers use without a lock.
 */
final class SortedTree<V> {
    private static final SortedTree<?> EMPTY = new SortedTree<>(null);

    private final @Nullable Node<V> root;

    private SortedTree(@Nullable Node<V> root) {
        this.root = root;
    }

    private record Node<V>(String key, V value, @Nullable Node<V> left, @Nullable Node<V> right, int height, int size) {}

    @SuppressWarnings("unchecked")
    static <V> SortedTree<V> empty() {
        return (SortedTree<V>) EMPTY;
    }

    int size() {
        return size(root);
    }

    @Nullable V get(String key) {
        Node<V> node = root;
        while (node != null) {
            int order = key.compareTo(node.key);
            if (order == 0) {
                return node.value;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    SortedTree<V> with(String key, V value) {
        return new SortedTree<>(put(root, key, value));
    }

    SortedTree<V> without(String key) {
        return new SortedTree<>(remove(root, key));
    }

    /** Keys in {@code [from, to)}. @param to null for no end */
    int count(String from, @Nullable String to) {
        return (to == null ? size() : rank(to)) - rank(from);
    }

    /**
     * Visits entries with keys in {@code [from, to)} in order until the visitor returns false.
     *
     * @param to null for no end
     */
    void visit(String from, @Nullable String to, BiPredicate<String, V> visitor) {
        visit(root, from, to, visitor);
    }

    private static <V> boolean visit(@Nullable Node<V> node, String from, @Nullable String to, BiPredicate<String, V> visitor) {
        if (node == null) {
            return true;
        }
        boolean afterFrom = node.key.compareTo(from) >= 0;
        boolean beforeTo = to == null || node.key.compareTo(to) < 0;
        if (afterFrom && !visit(node.left, from, to, visitor)) {
            return false;
        }
        if (afterFrom && beforeTo && !visitor.test(node.key, node.value)) {
            return false;
        }
        return !beforeTo || visit(node.right, from, to, visitor);
    }

    private int rank(String key) {
        int rank = 0;
        Node<V> node = root;
        while (node != null) {
            if (key.compareTo(node.key) <= 0) {
                node = node.left;
            } else {
                rank += size(node.left) + 1;
                node = node.right;
            }
        }
        return rank;
    }

    private static <V> Node<V> put(@Nullable Node<V> node, String key, V value) {
        if (node == null) {
            return new Node<>(key, value, null, null, 1, 1);
        }
        int order = key.compareTo(node.key);
        if (order == 0) {
            return new Node<>(key, value, node.left, node.right, node.height, node.size);
        }
        return order < 0
                ? balanced(node.key, node.value, put(node.left, key, value), node.right)
                : balanced(node.key, node.value, node.left, put(node.right, key, value));
    }

    private static <V> @Nullable Node<V> remove(@Nullable Node<V> node, String key) {
        if (node == null) {
            return null;
        }
        int order = key.compareTo(node.key);
        if (order < 0) {
            return balanced(node.key, node.value, remove(node.left, key), node.right);
        }
        if (order > 0) {
            return balanced(node.key, node.value, node.left, remove(node.right, key));
        }
        if (node.left == null) {
            return node.right;
        }
        if (node.right == null) {
            return node.left;
        }
        Node<V> successor = node.right;
        while (successor.left != null) {
            successor = successor.left;
        }
        return balanced(successor.key, successor.value, node.left, remove(node.right, successor.key));
    }

    private static <V> Node<V> balanced(String key, V value, @Nullable Node<V> left, @Nullable Node<V> right) {
        int difference = height(left) - height(right);
        if (difference > 1 && left != null) {
            if (height(left.left) >= height(left.right)) {
                return node(left.key, left.value, left.left, node(key, value, left.right, right));
            }
            Node<V> middle = left.right;
            return node(middle.key, middle.value, node(left.key, left.value, left.left, middle.left), node(key, value, middle.right, right));
        }
        if (difference < -1 && right != null) {
            if (height(right.right) >= height(right.left)) {
                return node(right.key, right.value, node(key, value, left, right.left), right.right);
            }
            Node<V> middle = right.left;
            return node(middle.key, middle.value, node(key, value, left, middle.left), node(right.key, right.value, middle.right, right.right));
        }
        return node(key, value, left, right);
    }

    private static <V> Node<V> node(String key, V value, @Nullable Node<V> left, @Nullable Node<V> right) {
        return new Node<>(key, value, left, right, 1 + Math.max(height(left), height(right)), 1 + size(left) + size(right));
    }

    private static int height(@Nullable Node<?> node) {
        return node == null ? 0 : node.height;
    }

    private static int size(@Nullable Node<?> node) {
        return node == null ? 0 : node.size;
    }
}
