"""What is set up: modules, fields, layouts, users, variables, currencies, contact roles."""

from zohocrmsdk.src.com.zoho.crm.api import HeaderMap, ParameterMap

from . import kit
from .kit import got, id_of, items, make, of, parameters, step


@step
def read_modules_fields_layouts_and_views():
    modules = got(of("modules", "ModulesOperations")().get_modules(ParameterMap(), HeaderMap()), 200).get_modules()
    assert {"Leads", "Contacts", "Accounts", "Deals"} <= {module.get_api_name() for module in modules}
    of_leads = lambda holder: parameters(holder, module="Leads")
    fields = of("fields", "FieldsOperations")().get_fields(of_leads(of("fields", "GetFieldsParam")))
    assert "Last_Name" in {field.get_api_name() for field in got(fields, 200).get_fields()}
    layouts = of("layouts", "LayoutsOperations")().get_layouts(of_leads(of("layouts", "GetLayoutsParam")))
    assert got(layouts, 200).get_layouts()
    lists = of("related_lists", "RelatedListsOperations")(None).get_related_lists(of_leads(of("related_lists", "GetRelatedListsParam")))
    assert got(lists, 200).get_related_lists()


@step
def read_custom_views():
    views = of("custom_views", "CustomViewsOperations")()
    listed = got(views.get_custom_views(parameters(of("custom_views", "GetCustomViewsParam"), module="Leads")), 200)
    assert listed.get_custom_views()


@step
def create_and_delete_a_field():
    fields = of("fields", "FieldsOperations")()
    field = make("fields", "Fields", field_label="Shoe size", data_type="integer", length=3)
    module = parameters(of("fields", "CreateFieldParam"), module="Leads")
    made = fields.create_field(make("fields", "BodyWrapper", fields=[field]), module)
    id = id_of(items(made, 200, 201, key="fields")[0])
    items(fields.delete_field(id, parameters(of("fields", "DeleteFieldParam"), module="Leads")), 200, key="fields")


@step
def read_users_and_organisation():
    users = of("users", "UsersOperations")()
    listed = got(users.get_users(ParameterMap(), HeaderMap()), 200).get_users()
    one = got(users.get_user(listed[0].get_id(), HeaderMap()), 200).get_users()[0]
    assert one.get_email() == listed[0].get_email() and one.get_profile().get_name()
    assert got(of("org", "OrgOperations")().get_organization(), 200).get_org()[0].get_zgid() == "60007654321"


@step
def read_profiles_and_roles():
    assert got(of("profiles", "ProfilesOperations")().get_profiles(ParameterMap()), 200).get_profiles()
    assert got(of("roles", "RolesOperations")().get_roles(), 200).get_roles()


@step
def keep_variables():
    variables = of("variables", "VariablesOperations")()
    group = make("variables", "VariableGroup", name="General")
    variable = make("variables", "Variable", name="Fair", api_name="Fair", type=kit.choice("text"), value="Turin", variable_group=group)
    made = variables.create_variables(make("variables", "BodyWrapper", variables=[variable]))
    id = id_of(items(made, 201, key="variables")[0])
    asked = parameters(of("variables", "GetVariableByIDParam"), group="General")
    read = got(variables.get_variable_by_id(id, asked), 200).get_variables()[0]
    assert read.get_value() == "Turin"
    items(variables.delete_variable(id), 200, key="variables")


@step
def switch_currencies_on_and_read_them():
    currencies = of("currencies", "CurrenciesOperations")()
    points = make(
        "currencies",
        "Format",
        decimal_separator=kit.choice("Period"),
        thousand_separator=kit.choice("Comma"),
        decimal_places=kit.choice("2"),
    )
    base = make(
        "currencies",
        "BaseCurrency",
        prefix_symbol=True,
        name="US Dollar - USD",
        iso_code="USD",
        symbol="$",
        exchange_rate="1.0000",
        is_active=True,
        format=points,
    )
    wanted = make("currencies", "BaseCurrencyWrapper", base_currency=base)
    got(currencies.enable_base_currency(wanted), 200, 201)
    assert got(currencies.get_currencies(), 200).get_currencies()[0].get_iso_code() == "USD"


@step
def keep_contact_roles():
    roles = of("contact_roles", "ContactRolesOperations")()
    role = make("contact_roles", "ContactRole", name="Judge", sequence_number=1)
    made = roles.create_roles(make("contact_roles", "BodyWrapper", contact_roles=[role]))
    id = id_of(items(made, 200, 201, key="contact_roles")[0])
    assert got(roles.get_role(id), 200).get_contact_roles()[0].get_name() == "Judge"
    items(roles.delete_contact_role(id), 200, key="contact_roles")
