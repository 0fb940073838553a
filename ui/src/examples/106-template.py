# title: Templates
# group: Host functions
# about: Text with holes, filled in by the host.
# pattern: `tmpl_render` takes a Jinja template and a dict: loops, conditions and filters stay in the text where they belong. A mistake in the template is a `ValueError` with its line.
# tags: tmpl, dom
# try: Run the program.
# try: Add an order, or set one's price to 0.
# try: Misspell `endfor` and run: the error names the line of the template.

PAGE = """
<h2>Invoice for {{ customer.name }}</h2>
<table>
  {% for order in orders if order.price %}
  <tr>
    <td>{{ loop.index }}.</td>
    <td>{{ order.what | upper }}</td>
    <td>{{ order.count }} × {{ order.price }}</td>
  </tr>
  {% else %}
  <tr><td>Nothing to pay.</td></tr>
  {% endfor %}
</table>
<p>Total: <b>{{ total }}</b></p>
<p>{% if total > 100 %}<mark>Please pay soon.</mark>{% else %}Thank you.{% endif %}</p>
"""

orders = [
    {"what": "tea", "count": 3, "price": 4},
    {"what": "sample", "count": 1, "price": 0},
    {"what": "kettle", "count": 2, "price": 49},
]
total = sum(order["count"] * order["price"] for order in orders)

page = tmpl_render(PAGE, {"customer": {"name": "Ada"}, "orders": orders, "total": total})

# Nothing is escaped by the template; dom_html lets nothing through that could run.
dom_html(dom_root(), page)

try:
    tmpl_render("{% for x in orders %}", {"orders": orders})
except ValueError as error:
    print("a broken template:", error)
total
