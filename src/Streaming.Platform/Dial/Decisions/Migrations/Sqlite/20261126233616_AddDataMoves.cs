using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Streaming.Platform.Dial.Decisions.Migrations.Sqlite
{
    /// <inheritdoc />
    internal partial class AddDataMoves : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "DataEpoch",
                table: "process",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "data_move",
                columns: table => new
                {
                    Module = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Epoch = table.Column<long>(type: "INTEGER", nullable: false),
                    Phase = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Target = table.Column<string>(type: "TEXT", nullable: false),
                    By = table.Column<string>(type: "TEXT", nullable: false),
                    Message = table.Column<string>(type: "TEXT", nullable: false),
                    FenceMs = table.Column<double>(type: "REAL", nullable: true),
                    Verified = table.Column<long>(type: "INTEGER", nullable: true),
                    At = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_data_move", x => x.Module);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "data_move");

            migrationBuilder.DropColumn(
                name: "DataEpoch",
                table: "process");
        }
    }
}
