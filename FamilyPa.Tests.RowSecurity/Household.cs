namespace FamilyPa.Tests.RowSecurity;

/// <summary>A family of four. <c>Kin</c> is a plain member whom the others' attempts are made on.</summary>
public sealed record Household(string Name, Guid Id, Guid Owner, Guid Admin, Guid Member, Guid Kin)
{
    public static Household Create(string name) => new(name, Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());

    public override string ToString() => Name;
}
