module swoosh.example/client

go 1.19
