# The add-on by way of the Terraform module. What a variable gives is not known and not judged; what stands here is.
variable "warm_ip_target" {
  type    = string
  default = "5"
}

module "eks" {
  source             = "terraform-aws-modules/eks/aws"
  version            = "~> 21.0"
  name               = "shop"
  kubernetes_version = "1.33"

  addons = {
    vpc-cni = {
      addon_version = "v1.19.5-eksbuild.1"
      configuration_values = jsonencode({
        env = {
          WARM_IP_TARGET           = var.warm_ip_target
          ENABLE_PREFIX_DELEGATION = "true"
          WARM_PREFIX_TARGET       = 1
          AWS_VPC_K8S_CNI_LOGLEVEL = "TRACE"
        }
        nodeAgent = { enablePolicyEventLogs = true }
      })
    }
  }

  eks_managed_node_groups = {
    general = { instance_types = ["m6i.large"] }
  }
}
