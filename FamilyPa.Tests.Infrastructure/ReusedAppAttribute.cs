namespace FamilyPa.Tests.Infrastructure;

/// <summary>The next class with this fixture reuses its app after a reset, because a start takes seconds. Only for fixtures that consist of settings.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ReusedAppAttribute : Attribute;
