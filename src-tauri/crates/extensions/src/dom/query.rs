//! Finding elements of the stage by a selector.

use std::fmt;

use selectors::{
    Element as Matched, OpaqueElement,
    attr::{AttrSelectorOperation, CaseSensitivity, NamespaceConstraint},
    bloom::BloomFilter,
    context::{MatchingContext, MatchingForInvalidation, MatchingMode, NeedsSelectorFlags, QuirksMode, SelectorCaches},
    matching::{ElementSelectorFlags, matches_selector, matches_selector_list},
};

use super::{
    element::{Element, is_empty},
    node::{Id, Node},
    selector::{NoPseudoElement, Selector, State, Word, Words},
    stage::Stage,
    tree::{ROOT, Tree},
};

/// The first elements of the stage that a selector finds, in document order. The root is one of
/// them only if the selector names it.
pub(super) fn find(stage: &Stage, selector: &Selector, most: usize) -> Vec<Id> {
    let tree = &stage.tree;
    let focused = stage.focused.and_then(|handle| tree.find(handle).ok());
    let mut caches = SelectorCaches::default();
    let mut context = MatchingContext::new(
        MatchingMode::Normal,
        None,
        &mut caches,
        QuirksMode::NoQuirks,
        NeedsSelectorFlags::No,
        MatchingForInvalidation::No,
    );
    let on = |id| On { tree, id, focused };
    context.scope_element = Some(on(ROOT).opaque());
    let matches = |id: &Id| match *id {
        ROOT => selector.naming_root().any(|selector| matches_selector(selector, 0, None, &on(ROOT), &mut context)),
        id => matches_selector_list(&selector.0, &on(id), &mut context),
    };
    tree.elements_within(ROOT).filter(matches).take(most).collect()
}

/// An element of the stage, as the matcher walks it.
#[derive(Clone)]
struct On<'a> {
    tree: &'a Tree,
    id: Id,
    focused: Option<Id>,
}

impl fmt::Debug for On<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<{}>", self.element().tag)
    }
}

impl On<'_> {
    fn element(&self) -> &Element {
        &self.tree[self.id]
    }

    fn at(&self, id: Id) -> Self {
        Self { id, ..self.clone() }
    }

    /// Whether it can be used, as a browser sees it: a fieldset switches off what is in it, but not
    /// what is in its first legend.
    fn is_disabled(&self) -> bool {
        let element = self.element();
        let mut inner = self.id;
        let mut is_off = element.has("disabled");
        for above in self.tree.upwards(self.id).skip(1) {
            let around = &self.tree[above];
            let is_option = element.tag == "option" && around.tag == "optgroup";
            let first_legend =
                || self.tree.children(above).filter_map(Node::as_element).find(|id| self.tree[*id].tag == "legend");
            if around.has("disabled") && (is_option || around.tag == "fieldset" && first_legend() != Some(inner)) {
                is_off = true;
            }
            inner = above;
        }
        is_off
    }

    fn is_control(&self) -> bool {
        let tag = self.element().tag;
        matches!(tag, "button" | "input" | "select" | "textarea" | "option" | "optgroup" | "fieldset")
    }
}

impl Matched for On<'_> {
    type Impl = Words;

    fn opaque(&self) -> OpaqueElement {
        OpaqueElement::new(self.element())
    }

    fn parent_element(&self) -> Option<Self> {
        self.element().links.parent.map(|id| self.at(id))
    }

    fn parent_node_is_shadow_root(&self) -> bool {
        false
    }

    fn containing_shadow_host(&self) -> Option<Self> {
        None
    }

    fn is_pseudo_element(&self) -> bool {
        false
    }

    fn prev_sibling_element(&self) -> Option<Self> {
        let mut node = self.element().links.previous;
        while let Some(sibling) = node {
            if let Some(id) = sibling.as_element() {
                return Some(self.at(id));
            }
            node = self.tree.links(sibling).previous;
        }
        None
    }

    fn next_sibling_element(&self) -> Option<Self> {
        let mut node = self.element().links.next;
        while let Some(sibling) = node {
            if let Some(id) = sibling.as_element() {
                return Some(self.at(id));
            }
            node = self.tree.links(sibling).next;
        }
        None
    }

    fn first_element_child(&self) -> Option<Self> {
        self.tree.children(self.id).find_map(Node::as_element).map(|id| self.at(id))
    }

    fn is_html_element_in_html_document(&self) -> bool {
        true
    }

    fn has_local_name(&self, name: &str) -> bool {
        self.element().tag == name
    }

    fn has_namespace(&self, namespace: &str) -> bool {
        namespace.is_empty()
    }

    fn is_same_type(&self, other: &Self) -> bool {
        self.element().tag == other.element().tag
    }

    fn attr_matches(
        &self,
        namespace: &NamespaceConstraint<&Word>,
        name: &Word,
        operation: &AttrSelectorOperation<&Word>,
    ) -> bool {
        if matches!(namespace, NamespaceConstraint::Specific(namespace) if !namespace.0.is_empty()) {
            return false;
        }
        if name.0 == "style" {
            return self.element().style_text().is_some_and(|style| operation.eval_str(&style));
        }
        self.element().attribute(&name.0).is_some_and(|value| operation.eval_str(value))
    }

    fn match_non_ts_pseudo_class(&self, state: &State, _: &mut MatchingContext<'_, Words>) -> bool {
        let element = self.element();
        let can_be_required = matches!(element.tag, "input" | "select" | "textarea");
        match state {
            State::Checked if element.tag == "option" => element.has("selected"),
            State::Checked => element.is_switch() && element.has("checked"),
            State::Disabled => self.is_control() && self.is_disabled(),
            State::Enabled => self.is_control() && !self.is_disabled(),
            State::Focus => self.focused == Some(self.id),
            State::Link => self.is_link(),
            State::Optional => can_be_required && !element.has("required"),
            State::Required => can_be_required && element.has("required"),
        }
    }

    fn match_pseudo_element(&self, never: &NoPseudoElement, _: &mut MatchingContext<'_, Words>) -> bool {
        match *never {}
    }

    fn apply_selector_flags(&self, _: ElementSelectorFlags) {}

    fn is_link(&self) -> bool {
        self.element().tag == "a" && self.element().has("href")
    }

    fn is_html_slot_element(&self) -> bool {
        false
    }

    fn has_id(&self, id: &Word, case: CaseSensitivity) -> bool {
        self.element().attribute("id").is_some_and(|own| case.eq(id.0.as_bytes(), own.as_bytes()))
    }

    fn has_class(&self, name: &Word, case: CaseSensitivity) -> bool {
        let classes = self.element().attribute("class").unwrap_or_default();
        classes.split_ascii_whitespace().any(|class| case.eq(name.0.as_bytes(), class.as_bytes()))
    }

    fn has_custom_state(&self, _: &Word) -> bool {
        false
    }

    fn imported_part(&self, _: &Word) -> Option<Word> {
        None
    }

    fn is_part(&self, _: &Word) -> bool {
        false
    }

    fn is_empty(&self) -> bool {
        is_empty(self.tree, self.id)
    }

    fn is_root(&self) -> bool {
        self.id == ROOT
    }

    fn add_element_unique_hashes(&self, _: &mut BloomFilter) -> bool {
        false
    }
}
