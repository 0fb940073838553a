//! HTML as the content of elements.

use protocol::{
    Value,
    stage::{StageElement, StageNode},
};

use super::{Room, page, text};

/// The content of the root, as HTML that is easy to read.
fn shown(room: &Room) -> String {
    fn node(node: &StageNode) -> String {
        match node {
            StageNode::Text(text) => text.clone(),
            StageNode::Element(element) => {
                let attributes = element.attributes.iter().map(|(name, value)| format!(" {name}={value}"));
                let styles = element.styles.iter().map(|(name, value)| format!(" {name}:{value}"));
                let tag = &element.tag;
                format!("<{tag}{}>{}</{tag}>", attributes.chain(styles).collect::<String>(), inner(element))
            }
        }
    }
    fn inner(element: &StageElement) -> String {
        element.children.iter().map(node).collect()
    }
    inner(&page::whole(room.dom.whole()))
}

#[test]
fn what_is_allowed_stays_and_the_rest_goes() {
    let cases = [
        ("", ""),
        ("plain", "plain"),
        ("a &amp; b", "a & b"),
        ("<em>\"And 'Bob'\" spake:<br>Slack</em>", "<em>\"And 'Bob'\" spake:<br></br>Slack</em>"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<b>a<i>b</b>c</i>", "<b>a<i>b</i></b><i>c</i>"),
        ("<x-y>a<b>b</b></x-y>", "a<b>b</b>"),
        ("a<script>b</script>c", "ac"),
        ("<a href=javascript:x>a</a>", "<a>a</a>"),
        ("<a href=https://a.b target=_top>a</a>", "<a href=https://a.b>a</a>"),
        ("<p style='color: red; background: url(x); top: 1px' onclick=x>a</p>", "<p color:red top:1px>a</p>"),
        ("<input type=file value=a>", "<input value=a></input>"),
        (
            "<input type=TEXT placeholder=b checked data-k=v aria-label=l>",
            "<input aria-label=l checked= data-k=v placeholder=b type=text></input>",
        ),
        ("<table><tr><td colspan=2>a", "<table><tbody><tr><td colspan=2>a</td></tr></tbody></table>"),
        ("<svg><circle r=1></svg>a", "a"),
        ("<!-- c -->a<?p?>", "a"),
        ("a\0b", "ab"),
    ];
    for (html, expected) in cases {
        let mut room = Room::new();
        room.value("dom_html", vec![Value::Int(1), text(html)]);
        assert_eq!(shown(&room), expected, "{html}");
    }
}

#[test]
fn content_is_read_where_it_goes() {
    let cases = [
        ("table", "<tr><td>a", "<table><tbody><tr><td>a</td></tr></tbody></table>"),
        ("tbody", "<tr><td>a<tr><td>b", "<tbody><tr><td>a</td></tr><tr><td>b</td></tr></tbody>"),
        ("tr", "<td>a<td>b", "<tr><td>a</td><td>b</td></tr>"),
        ("tr", "<p>a</p><td>b", "<tr><p>a</p><td>b</td></tr>"),
        ("select", "<option value=1>a<option>b", "<select><option value=1>a</option><option>b</option></select>"),
        ("textarea", "\n<b>a</b> &lt;", "<textarea>\n<b>a</b> <</textarea>"),
        ("li", "<td>a", "<li>a</li>"),
    ];
    for (tag, html, expected) in cases {
        let mut room = Room::new();
        let element = room.add(1, tag);
        room.value("dom_html", vec![Value::Int(element), text(html)]);
        assert_eq!(shown(&room), expected, "{html} in {tag}");
    }
}

#[test]
fn large_html_is_read_in_time() {
    let rows = "<tr class=row><td style='color: red'>a</td><td>b &amp; c</td></tr>".repeat(5000);
    let mut room = Room::new();
    room.value("dom_html", vec![Value::Int(1), text(&format!("<table>{rows}</table>"))]);
    let found = room.value("dom_query_all", vec![text("tr.row > td:first-child")]);
    assert!(matches!(found, Value::List(found) if found.len() == 5000));
}
