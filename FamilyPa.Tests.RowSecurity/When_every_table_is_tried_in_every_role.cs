namespace FamilyPa.Tests.RowSecurity;

public sealed class When_every_table_is_tried_in_every_role(TwoFamilies families) : EveryTable<TwoFamilies>(families);

public sealed class When_the_schemas_owner_is_no_superuser(TwoFamiliesOfAPlainOwner families) : EveryTable<TwoFamiliesOfAPlainOwner>(families);

public sealed class When_the_database_is_Supabases(TwoFamiliesOnSupabase families) : EveryTable<TwoFamiliesOnSupabase>(families);
