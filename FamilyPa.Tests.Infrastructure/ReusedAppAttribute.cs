namespace FamilyPa.Tests.Infrastructure;

/// <summary>The app of such a fixture is handed on, reset, to the next class with the same one: starting it costs seconds. Not where the fixture has more to it than settings.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ReusedAppAttribute : Attribute;
